"""Suite `sens`: the terms of a relation speak of the same thing, in the same unit, in the right order of
years.

Does not belong here: whether the arithmetic holds (totals).
"""

from __future__ import annotations

from expectations.checks import BATCH, Check

SUITE = "sens"
BRIDGE = "marts.pont_controle_observation"


def checks() -> list[Check]:
    """The checks of the suite."""
    return [
        Check(SUITE, BRIDGE, "les termes d'une somme ont l'unité du total", query=_MIXED_UNITS),
        Check(SUITE, BRIDGE, "une part rapporte des unités semblables", query=_UNLIKE_SHARES),
        Check(
            SUITE, BRIDGE, "une évolution va de l'année de sa base à celle de son terme", query=_WRONG_YEARS
        ),
        Check(SUITE, BRIDGE, "une évolution compare un même indicateur", query=_UNLIKE_EVOLUTIONS),
    ]


# Only what print states: a suggestion says which scopes it holds together, a heading taken at its word
# may be of another unit.
_TERMS = f"""
with termes as (
  select
    c.rapport_code, c.relation, c.nature, c.lignes,
    list_sort(list(distinct o.unite) filter (o.unite is not null)) as unites,
    list_sort(list(distinct o.unite) filter (p.role <> 'resultat' and o.unite is not null))
        as unites_comparees,
    count(*) filter (p.role <> 'resultat') as operandes,
    count(*) filter (o.observation_key is null) as constantes,
    list_sort(list(distinct o.indicateur_code) filter (p.role <> 'resultat' and o.unite is not null))
        as indicateurs,
    max(o.periode_code) filter (p.role = 'terme') as arrivee,
    max(o.periode_code) filter (p.role = 'base') as depart,
    max(o.periode_code) filter (p.role = 'resultat') as duree
  from {BATCH} as p
  inner join marts.fct_controle as c using (controle_key)
  left join marts.fct_observation as o using (observation_key)
  where c.reserve = '' and c.relation not like '%=intitule(%'
  group by c.controle_key, c.rapport_code, c.relation, c.nature, c.lignes
)
select rapport_code || ', lignes ' || coalesce(array_to_string(lignes, ', '), '?') || ' (' || relation
    || ') : '"""

# A difference of percentages is printed in points.
_MIXED_UNITS = f"""{_TERMS} || array_to_string(unites, ' et ') as message
from termes
where nature in ('somme', 'flux', 'repetition') and len(unites) > 1 and unites <> ['%', 'points']
"""
_UNLIKE_SHARES = f"""{_TERMS} || array_to_string(unites_comparees, ' rapporté à ') as message
from termes
where nature in ('part', 'evolution') and len(unites_comparees) > 1
"""
_TWO_PRINTS = "nature = 'evolution' and operandes = 2 and constantes = 0"
_WRONG_YEARS = f"""{_TERMS} || 'de ' || depart || ' à ' || arrivee || ', imprimée pour ' || duree as message
from termes
where {_TWO_PRINTS} and coalesce(
  depart >= arrivee
  or (contains(duree, '/') and duree <> arrivee
    and (left(duree, 4) <> left(depart, 4) or left(split_part(duree, '/', 2), 4) <> left(arrivee, 4))), true)
"""
_UNLIKE_EVOLUTIONS = f"""{_TERMS} || array_to_string(indicateurs, ' après ') as message
from termes
where {_TWO_PRINTS} and len(indicateurs) > 1
"""
