"""The second engine: relations recomputed in SQL from the facts and their terms, never from dbt's verdict.

Exact decimal arithmetic without division: a quotient is compared by multiplying both sides with its base, at
the corners of the intervals. `recompute_all` makes the temporary table `recalcul` of a connection, one row
per relation: controle_key, rapport_code, relation, nature, formule, domaine, lignes, imprime, resultat,
valeur, demi, unite, recalcule, ecart, tolerance, manquants, verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Terms recomputed at once: what the sums of so many relations need stays well below the engine's memory.
AT_ONCE = 2_000_000

SUM_NATURES = "('somme', 'repetition', 'flux', 'effectif_annonce', 'seconde_lecture')"
BOUND_NATURES = "('borne', 'plausibilite')"


def corners(function: str, bound: str) -> str:
    """`least` or `greatest` of `signe x (k t - bound x b)` over the corners: t in [t1, t2], b in [b1, b2]."""
    return (
        f"{function}("
        + ", ".join(f"signe * (k * t{i} - ({bound}) * b{j})" for i in (1, 2) for j in (1, 2))
        + ")"
    )


def excess(value: str, mean: str, function: str) -> str:
    """`greatest` or `least` of `base x (value - mean)` over what a base may be."""
    return f"{function}((vb - hb) * ({value} - ({mean})), (vb + hb) * ({value} - ({mean})))"


def below(mean: str, function: str) -> str:
    """`greatest` or `least` of `base x mean` for the bases that stand without a value of their own."""
    return f"{function}((b_seule - hb_seule) * ({mean}), (b_seule + hb_seule) * ({mean}))"


#: Weighted values at six decimals, as printed values are: a wide decimal that must be rounded costs a
#: microsecond, so that what has the weight one is taken as it is.
RECOMPUTED = f"""
cites as (
  select
    p.controle_key, p.role, p.paire, p.observation_key, p.poids, coalesce(o.revue, true) as revue, o.ligne,
    o.colonne, o.valeur_imprimee, o.domaine, o.unite,
    case when p.observation_key = 'constante' then p.constante else o.valeur end as valeur,
    case when p.observation_key = 'constante' then 0 else o.demi_intervalle end as demi,
    p.role in ('total', 'resultat') as est_resultat
  from marts.pont_controle_observation as p
  left join marts.fct_observation as o using (observation_key)
  where {{part}}
),

termes as (
  select
    *,
    case when poids = 1 then valeur else cast(poids * valeur as decimal(38, 6)) end as pese,
    case when poids = 1 then demi else cast(abs(poids) * demi as decimal(38, 6)) end as demi_pese
  from cites
),

sommes as (
  select
    controle_key,
    coalesce(max(domaine) filter (est_resultat), min(domaine), 'autre') as domaine,
    max(valeur_imprimee) filter (est_resultat) as resultat,
    max(unite) filter (est_resultat) as unite,
    max(valeur) filter (est_resultat) as valeur,
    max(demi) filter (est_resultat) as demi,
    max(poids) filter (est_resultat) as poids,
    count(*) filter (est_resultat) as nb_resultats,
    count(*) filter (role = 'terme') as nb_termes,
    count(*) filter (role = 'base') as nb_bases,
    count(*) filter (role in ('minimum', 'maximum')) as nb_bornes,
    count(*) filter (role = 'base' and valeur < demi) as bases_negatives,
    count(*) filter (valeur is null) as manquants,
    count(*) filter (not revue) as non_revus,
    count(*) filter (observation_key = 'constante') as constantes,
    max(demi) filter (role = 'terme') as demi_terme,
    coalesce(sum(pese) filter (role = 'terme' and paire = 0), 0) as t_seul,
    coalesce(sum(demi_pese) filter (role = 'terme' and paire = 0), 0) as ht_seul,
    coalesce(sum(pese) filter (role = 'base' and paire = 0), 0) as b_seule,
    coalesce(sum(demi_pese) filter (role = 'base' and paire = 0), 0) as hb_seule,
    coalesce(sum(pese) filter (role = 'terme'), 0) as t,
    coalesce(sum(demi_pese) filter (role = 'terme'), 0) as ht,
    coalesce(sum(pese) filter (role = 'base'), 0) as b,
    coalesce(sum(demi_pese) filter (role = 'base'), 0) as hb,
    coalesce(sum(case when pese <= 0 then -2 * demi_pese else 0 end) filter (role = 'terme'), 0) as coupe_bas,
    coalesce(sum(case when pese >= 0 then 2 * demi_pese else 0 end) filter (role = 'terme'), 0) as coupe_haut
  from termes
  group by controle_key
),

par_paire as (
  select controle_key, role, sum(pese) as v, sum(demi_pese) as h
  from termes where role in ('minimum', 'maximum') group by controle_key, role, paire
),

limites as (
  select
    controle_key, min(v) filter (role = 'minimum') as au_moins, max(v) filter (role = 'maximum') as au_plus,
    min(v - h) filter (role = 'minimum') as au_moins_bas, max(v + h) filter (role = 'maximum') as au_plus_haut
  from par_paire group by controle_key
),

bornes as (
  select
    s.*, c.rapport_code, c.relation, c.nature, c.formule, c.reserve, c.lignes, l.au_moins, l.au_plus,
        l.au_moins_bas, l.au_plus_haut,
    c.nature in {SUM_NATURES} as est_somme,
    c.nature in {BOUND_NATURES} as est_borne,
    c.nature = 'moyenne_ponderee' as est_moyenne,
    c.nature in ('part', 'atteinte', 'ratio') or (c.nature = 'evolution' and s.unite = '%') as est_quotient,
    c.nature = 'repetition' and s.nb_termes = 1 and s.constantes = 0 and s.demi = s.demi_terme
        as imprimees_pareilles,
    case c.nature when 'ratio' then s.poids else 100 end as k,
    case c.nature when 'evolution' then 100 else 0 end as retrait,
    sign(s.b) as signe,
    s.t - s.ht as t1, s.t + s.ht as t2, s.b - s.hb as b1, s.b + s.hb as b2,
    s.valeur - s.demi as r1, s.valeur + s.demi as r2,
    s.valeur - case when s.valeur <= 0 then 2 * s.demi else 0 end as c1,
    s.valeur + case when s.valeur >= 0 then 2 * s.demi else 0 end as c2
  from sommes as s
  inner join marts.fct_controle as c using (controle_key)
  left join limites as l using (controle_key)
),

couples as (
  select
    p.controle_key, max(p.valeur) filter (p.role = 'terme') as vt,
    coalesce(max(p.demi) filter (p.role = 'terme'), 0) as dt,
    max(p.valeur) filter (p.role = 'base') as vb, coalesce(max(p.demi) filter (p.role = 'base'), 0) as hb
  from termes as p inner join bornes as b using (controle_key)
  where b.est_moyenne and p.paire > 0
  group by p.controle_key, p.paire
),

moyennes as (
  select
    m.controle_key, coalesce(sum(c.vb * c.vt), 0) as produits,
    coalesce(sum({excess("vt + dt", "r1", "greatest")}), 0) as plus,
        coalesce(sum({excess("vt - dt", "r2", "least")}), 0) as moins,
    coalesce(sum({excess("vt + dt", "c1", "greatest")}), 0) as plus_coupe,
        coalesce(sum({excess("vt - dt", "c2", "least")}), 0) as moins_coupe
  from (select controle_key, r1, r2, c1, c2 from bornes where est_moyenne) as m
  left join couples as c using (controle_key)
  group by m.controle_key
),

comparaisons as (
  select
    x.*, m.produits,
    manquants > 0 or nb_resultats <> 1 or (est_borne and nb_bornes = 0) or (not est_borne and nb_termes = 0)
      or (not est_somme and not est_borne and nb_bases = 0)
      or coalesce(est_borne and au_moins > au_plus, false)
      or (est_quotient and abs(b) <= x.hb) or (est_moyenne and (b <= x.hb or bases_negatives > 0))
      as incomparable,
    case
      when est_quotient then (valeur + retrait) * b = k * t
      when est_borne then valeur between coalesce(au_moins, valeur) and coalesce(au_plus, valeur)
      when est_moyenne then valeur * b = m.produits + t_seul
      else valeur = t - b
    end as egal,
    case
      when est_borne then r2 >= coalesce(au_moins_bas, r2) and r1 <= coalesce(au_plus_haut, r1)
      when est_moyenne then m.plus + t_seul + ht_seul - {below("r1", "least")} >= 0
        and m.moins + t_seul - ht_seul - {below("r2", "greatest")} <= 0
      when est_quotient
        then {corners("least", "r2 + retrait")} <= 0 and {corners("greatest", "r1 + retrait")} >= 0
      else t1 - b2 <= r2 and r1 <= t2 - b1
    end as rencontre,
    case
      when nature = 'repetition' then t + coupe_bas <= c2 and c1 <= t + coupe_haut
      when est_moyenne then m.plus_coupe + t_seul + ht_seul - {below("c1", "least")} >= 0
        and m.moins_coupe + t_seul - ht_seul - {below("c2", "greatest")} <= 0
      when est_quotient
        then {corners("least", "c2 + retrait")} <= 0 and {corners("greatest", "c1 + retrait")} >= 0
      when nature = 'evolution' then t1 - b2 <= c2 and c1 <= t2 - b1
      else false
    end as rencontre_coupee
  from bornes as x
  left join moyennes as m using (controle_key)
),

juges as (
  select
    *,
    case when incomparable then null
      when est_borne then cast(least(greatest(valeur, au_moins), au_plus) as double)
      when est_moyenne then round(cast(produits + t_seul as double) / cast(b as double), 6)
      when est_quotient then round(cast(k as double) * cast(t as double)
      / cast(b as double) - retrait, 6) else cast(t - b as double) end as recalcule,
    cast(valeur as double) - recalcule as ecart,
    cast(case when est_somme or nature = 'evolution' then demi + ht + hb else demi end as double)
        as tolerance,
    case
      when incomparable then 'non_verifiable'
      when nature = 'seconde_lecture' and reserve <> '' then 'a_verifier'
      when egal then 'exact'
      when rencontre and not imprimees_pareilles then 'arrondi'
      when rencontre_coupee and not imprimees_pareilles then 'tronque'
      when nature in ('plausibilite', 'seconde_lecture') or non_revus > 0 then 'a_verifier'
      when reserve <> '' then 'a_rapprocher'
      else 'ecart'
    end as verdict
  from comparaisons
),

-- What a relation prints is told only where it does not hold: ordered texts cost more than the arithmetic.
textes as (
  select
    controle_key, string_agg(valeur_imprimee, ' ; ' order by est_resultat desc, ligne, colonne) as imprime
  from termes
  where controle_key in (select controle_key from juges where verdict not in ('exact', 'arrondi'))
  group by controle_key
),

recalcul as (
  select
    j.controle_key, j.rapport_code, j.relation, j.nature, j.formule, j.domaine, j.lignes, t.imprime,
    j.resultat, j.valeur, j.demi, j.unite, j.recalcule, j.ecart, j.tolerance, j.manquants, j.verdict
  from juges as j left join textes as t using (controle_key)
)
"""


def recompute_all(connection: Any, at_once: int = AT_ONCE) -> None:
    """Make the table `recalcul` of a DuckDB connection, whole or not at all; some relations at a time where
    there are many.
    """
    connection.execute("select count(*) from marts.pont_controle_observation")
    (terms,) = connection.fetchone()
    made = "create or replace temp table en_cours as"
    for part in parts(1 + terms // at_once):
        connection.execute(f"{made} with {RECOMPUTED.strip().format(part=part)} select * from recalcul")
        made = "insert into en_cours"
    connection.execute("drop table if exists recalcul")
    connection.execute("alter table en_cours rename to recalcul")


def parts(count: int) -> Iterator[str]:
    """Conditions that deal relations into `count` parts, each relation with all its terms into one: their
    keys are digests, which the bridge is sorted by.
    """
    ends = [f"{rank * 16**4 // count:04x}" for rank in range(1, count)]
    for first, last in zip(["", *ends], [*ends, "g"], strict=True):
        yield f"p.controle_key >= '{first}'" + (f" and p.controle_key < '{last}'" if last != "g" else "")


TALLY = """
select domaine, count(*), count(*) filter (verdict = 'exact'), count(*) filter (verdict = 'arrondi'),
  count(*) filter (verdict = 'tronque'), count(*) filter (verdict = 'ecart'),
  count(*) filter (verdict = 'a_rapprocher'), count(*) filter (verdict = 'a_verifier'),
  count(*) filter (verdict = 'non_verifiable')
from recalcul group by domaine
"""
