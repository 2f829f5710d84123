-- One row per figure, whatever the number of its prints.
with groupes as (
  select
    chiffre_key,
    max(case when retenue then observation_key end) as observation_key,
    count(*) as nb_impressions,
    count(distinct i.rapport_code) as nb_rapports,
    count(*) filter (not concorde and not tronquee) as nb_divergentes,
    count(*) filter (tronquee) as nb_tronquees,
    bool_and(role = 'dont') as toujours_dont,
    bool_and(role = 'total') as toujours_total,
    bool_or(role = 'total' or nature = 'total'
      {%- for dimension in dimensions_hierarchiques() %} or {{ dimension }}_code = 'ensemble'{% endfor %}) as total_imprime,
    {% for dimension in dimensions_hierarchiques() -%}
    min({{ dimension }}_code) as {{ dimension }}_code,
    {% endfor -%}
    list_sort(list_distinct(list(i.ligne) filter (i.rapport_code = rapport_retenu and (concorde or tronquee)))) as lignes,
    list_sort(list_distinct(coalesce(list(i.ligne) filter (i.rapport_code = rapport_retenu and not concorde and not tronquee), []))) as lignes_divergentes
  from {{ ref('int_impression') }} as i
  inner join {{ ref('int_observation') }} as o using (observation_key)
  group by chiffre_key
)

select
  g.*,
  i.indicateur_code, i.periode_code, i.genre, i.nature, i.unite, i.additivite, i.domaine, i.concept_code, i.annee,
  i.valeur, i.demi_intervalle, i.valeur_imprimee, i.rapport_code, i.ligne, i.colonne,
  i.libelle, i.bloc, i.role, i.note,
  case
    when g.nb_impressions = 1 then 'impression unique'
    when g.nb_divergentes > 0
      then 'impressions divergentes : la plus précise est retenue, à précision égale celle du rapport de l''organisme, puis la première'
    when g.nb_tronquees > 0 then 'impressions concordantes à la troncature près : la plus précise est retenue'
    else 'impressions concordantes : la plus précise est retenue, à précision égale la première'
  end as choix
from groupes as g
inner join {{ ref('int_observation') }} as i on g.observation_key = i.observation_key
