"""Suite `grand_livre`: every printed number is an observation or set aside with a reason, in both directions.

Does not belong here: whether the observations mean what the template says (references, totals).
"""

from __future__ import annotations

from expectations.checks import BATCH, Check, place, rows_where

SUITE = "grand_livre"
LEDGER = "audit.nombre"
DIGITS = "regexp_replace({}, '[^0-9]', '', 'g')"


def checks() -> list[Check]:
    """The checks of the suite."""
    return [
        Check(SUITE, LEDGER, "aucun nombre ne reste à relever", query=_LEFT),
        Check(SUITE, "raw.rapport", "l'extrait est celui que la lecture a écrit", query=_CHANGED_BY_HAND),
        Check(SUITE, LEDGER, "un nombre écarté a un motif, un autre n'en a pas", query=_REASONS),
        Check(SUITE, LEDGER, "deux nombres ne se recouvrent pas", query=_OVERLAPS),
        Check(
            SUITE, LEDGER, "chaque observation du grand livre est dans fct_observation", query=_NOT_OBSERVED
        ),
        Check(
            SUITE, "marts.fct_observation", "chaque observation est dans le grand livre", query=_NOT_PRINTED
        ),
        Check(SUITE, "marts.fct_observation", "la valeur a les chiffres de l'imprimé", query=_OTHER_DIGITS),
        Check(
            SUITE, "marts.fct_observation", "la demi-largeur est celle de l'imprimé", query=_OTHER_PRECISION
        ),
        Check(SUITE, "marts.fct_observation", "la valeur a le signe de l'imprimé", query=_OTHER_SIGN),
        Check(SUITE, LEDGER, "chaque rapport imprime des nombres", query=_SILENT_REPORTS),
    ]


_DRAFTS = "select code from raw.rapport where brouillon = 'true'"
_LEFT = rows_where(
    f"lot.statut = 'a_relever' and lot.rapport_code not in ({_DRAFTS})", f"{place()} || ' : reste à relever'"
)
_CHANGED_BY_HAND = rows_where(
    "lot.sceau <> ''",
    "lot.code || ' : l''extrait commis n''est pas celui que la lecture a écrit (' || coalesce(lot.sceau, "
    "'NULL')"
    " || ') ; lancer `make extract` ou le restaurer avec git'",
)
_REASONS = rows_where(
    "(lot.statut = 'ecarte') = (coalesce(trim(lot.motif), '') in ('', 'sans_objet'))",
    f"{place()} || ' : statut ' || lot.statut || ', motif ' || coalesce(lot.motif, 'NULL')",
)
_OVERLAPS = f"""
with voisins as (
  select
    b.*, lead(b.colonne) over (partition by b.rapport_code, b.ligne order by b.colonne) as suivante
  from {BATCH} as b
)
select {place()} || ' : recouvre le nombre de la colonne ' || lot.suivante as message
from voisins as lot
where lot.colonne + length(lot.valeur_imprimee) > lot.suivante
"""
_NOT_OBSERVED = f"""
select {place()} || ' : observation absente de fct_observation, ou imprimée autrement' as message
from {BATCH} as lot
left join marts.fct_observation as o
  on lot.rapport_code = o.rapport_code and lot.ligne = o.ligne and lot.colonne = o.colonne
  and lot.valeur_imprimee = o.valeur_imprimee
where (lot.statut = 'observation') is distinct from (o.observation_key is not null)
"""
_NOT_PRINTED = f"""
select {place()} || ' : absente du grand livre' as message
from {BATCH} as lot
where not exists (
  select 1 from audit.nombre as n
  where n.rapport_code = lot.rapport_code and n.ligne = lot.ligne and n.colonne = lot.colonne
      and n.statut = 'observation'
)
"""
# A value printed in figures has the digits of its print, whatever its scale; words (h, min, mois) may convert
# them.
_SIMPLE = (
    "^[-+−–(]?[0-9 .,\u00a0\u202f\u2009]+[)]?( "
    "?(%|‰|€|[kKM]€|Md€|euros?|millions?|milliards?|milliers?|points?)[ .]*)*$"
)
_DIGITS = f"""
chiffres as (
  select
    b.*,
    {DIGITS.format("b.valeur_imprimee")} as imprimes,
    {DIGITS.format("cast(b.valeur as varchar)")} as lus,
    regexp_matches(b.valeur_imprimee, '{_SIMPLE}') as simple
  from {BATCH} as b
)
"""
_OTHER_DIGITS = f"""
with {_DIGITS}
select {place()} || ' : lu ' || lot.valeur as message
from chiffres as lot
where lot.simple and trim(lot.imprimes, '0') <> '' and trim(lot.imprimes, '0') <> trim(lot.lus, '0')
"""
# Half a step of the last digit shown, or of the last digit that is not zero when the print is round; 0 for a
# plain count.
_OTHER_PRECISION = f"""
with {_DIGITS},
pas as (
  select *, abs(cast(valeur as double)) / cast(imprimes as double) as unite_imprimee,
    pow(10, length(imprimes) - length(rtrim(imprimes, '0'))) as zeros
  from chiffres
  where simple and valeur <> 0 and trim(imprimes, '0') <> '' and length(imprimes) < 16
)
select {place()} || ' : lu ' || lot.valeur || ' à ' || lot.demi_intervalle || ' près' as message
from pas as lot
where lot.demi_intervalle > 0
    and cast(lot.demi_intervalle as double) not between lot.unite_imprimee * 0.499999
  and greatest(lot.unite_imprimee, lot.unite_imprimee * lot.zeros / 2) * 1.000001
"""
_OTHER_SIGN = rows_where(
    "regexp_matches(lot.valeur_imprimee, '^[-−] ?[0-9]') and lot.valeur > 0",
    f"{place()} || ' : lu ' || lot.valeur",
)
_SILENT_REPORTS = f"""
select lot.rapport_code || ' : aucun nombre dans le grand livre' as message
from marts.dim_rapport as lot
where not exists (select 1 from {BATCH} as n where n.rapport_code = lot.rapport_code)
"""
