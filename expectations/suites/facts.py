"""Suite `faits`: what analysts sum gives what the reports print, and nothing is summed twice.

Does not belong here: relations between observations (totals).
"""

from __future__ import annotations

from expectations.checks import BATCH, Check
from expectations.contract import FACT_DOMAINS

SUITE = "faits"
BRIDGE = "marts.pont_controle_observation"

_FACTS = " union all ".join(
    f"select fait_key, valeur, demi_intervalle, additivite from marts.fct_{domain}" for domain in FACT_DOMAINS
)


def checks() -> list[Check]:
    """The checks of the suite."""
    return [
        Check(
            SUITE,
            BRIDGE,
            "CPAM Hérault 2021 : les charges par risque font TOTAL CHARGES au centime",
            query=_TOTAL_CHARGES,
            domain="prestations",
        ),
        Check(SUITE, BRIDGE, "la somme des feuilles est le total imprimé", query=_SUMS),
        Check(
            SUITE,
            BRIDGE,
            "un total et toutes ses parties ne sont pas ensemble dans les faits",
            query=_COUNTED_TWICE,
        ),
        Check(SUITE, BRIDGE, "un domaine qui a des feuilles imprimées a des faits", query=_missing_facts()),
    ]


# Both sides are printed to the cent, so that not even half a cent is left to rounding.
_TOTAL_CHARGES = f"""
with feuilles as (
  select count(*) as nb, coalesce(sum(valeur), 0) as somme,
    string_agg(cast(ligne as varchar), ', ' order by ligne) as lignes
  from marts.fct_prestations
  where indicateur_code = 'prestations_versees' and organisme_code = 'cpam_herault' and periode_code = '2021'
    and risque_code not in ('ensemble', 'non_precise')
),
totaux as (
  select ligne, valeur, valeur_imprimee from marts.fct_observation
  where rapport_code = 'cpam_herault_2021' and indicateur_code = 'prestations_versees'
      and periode_code = '2021'
    and risque_code = 'ensemble' and demi_intervalle < 0.01
)
select
  'cpam_herault_2021, lignes ' || coalesce(f.lignes, '?') || ' et ' || coalesce(t.ligne, 0) || ' : ' || case
    when t.valeur is null then 'TOTAL CHARGES n''a pas été lu au centime'
    when f.nb < 2 then 'aucune charge par risque dans fct_prestations'
    else f.nb || ' charges par risque font ' || f.somme || ', TOTAL CHARGES imprime « ' || t.valeur_imprimee
      || ' », écart ' || (t.valeur - f.somme) end as message
from feuilles as f
left join totaux as t on true
where exists (select 1 from marts.dim_rapport where rapport_code = 'cpam_herault_2021')
  and (select count(*) from {BATCH} as lot) >= 0
  and (t.valeur is null or f.nb < 2 or f.somme <> t.valeur)
"""

_TERMS = f"""
termes as (
  select
    lot.controle_key, lot.role, lot.poids, o.role as dit, o.ligne, o.indicateur_code, o.unite,
    o.organisme_code, o.territoire_code, o.periode_code, c.reserve, o.valeur as imprimee,
    o.demi_intervalle as demi,
    o.domaine, f.fait_key, f.valeur, f.demi_intervalle
  from {BATCH} as lot
  inner join marts.fct_controle as c on lot.controle_key = c.controle_key
    and c.nature = 'somme' and (c.reserve = '' or c.verdict in ('exact', 'arrondi'))
  left join marts.fct_observation as o on lot.observation_key = o.observation_key
  left join marts.pont_fait_observation as p on lot.observation_key = p.observation_key
  left join ({_FACTS}) as f on p.fait_key = f.fait_key and f.additivite <> 'non_additif'
),
sommes as (
  select
    controle_key,
    max(imprimee) filter (role = 'total') as total,
    max(demi) filter (role = 'total') as demi_total,
    bool_or(fait_key is not null) filter (role = 'total') as total_est_feuille,
    bool_and(fait_key is not null) filter (role = 'terme') as parties_sont_feuilles,
    count(*) filter (role = 'terme') as nb,
    count(distinct fait_key) filter (role = 'terme') as nb_feuilles,
    count(distinct indicateur_code) as nb_indicateurs,
    count(distinct concat_ws('|', unite, organisme_code, territoire_code, periode_code)) as nb_lieux,
    bool_and(reserve = '') as imprimee,
    bool_or(dit = 'total') filter (role = 'total') as dit_total,
    bool_and(poids = 1) as sans_poids,
    sum(valeur) filter (role = 'terme') as somme,
    sum(demi_intervalle) filter (role = 'terme') as demi
  from termes
  group by controle_key
)
"""
_PLACE = "c.rapport_code || ', lignes ' || coalesce(array_to_string(c.lignes, ', '), '?')"
_SUMS = f"""
with {_TERMS}
select {_PLACE} || ' : les ' || s.nb || ' feuilles font ' || s.somme || ', le total imprimé est ' || s.total
    as message,
  c.rapport_code, c.relation
from sommes as s
inner join marts.fct_controle as c using (controle_key)
left join raw.constat as k on k.rapport_code = c.rapport_code and k.relation = c.relation
where s.imprimee and s.parties_sont_feuilles and s.sans_poids and s.nb_indicateurs = 1 and k.relation is null
  and (s.nb_feuilles < s.nb or abs(s.total - s.somme) > s.demi_total + s.demi)
"""
# A sum that layout alone suggests counts too where its figures bear it out and its total is called one.
_COUNTED_TWICE = f"""
with {_TERMS}
select {_PLACE} || ' : le total et ses ' || s.nb || ' parties sont tous dans les faits' as message,
  c.rapport_code, c.relation
from sommes as s
inner join marts.fct_controle as c using (controle_key)
where s.parties_sont_feuilles and s.total_est_feuille and s.sans_poids and s.nb_indicateurs = 1 and s.nb > 1
  and (s.imprimee or (s.dit_total and s.nb_lieux = 1))
"""


def _missing_facts() -> str:
    counted = " union all ".join(
        f"select '{d}' as domaine, count(*) as faits from marts.fct_{d}" for d in FACT_DOMAINS
    )
    return f"""
select f.domaine || ' : ' || count(*) || ' chiffres constatés relus dans fct_observation, aucun fait'
    as message
from ({counted}) as f
inner join marts.fct_observation as o on o.domaine = f.domaine and o.revue and o.nature = 'constate'
where f.faits = 0 and (select count(*) from {BATCH} as lot) >= 0
group by f.domaine
"""
