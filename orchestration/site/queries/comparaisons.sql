-- What several bodies print of one thing, one year and the same members: the widest comparisons of each concept.
with reunies as (
  select
    v.concept_code, v.membres, v.nb_organismes, v.annee as annee_comparee, c.* exclude (concept_code),
    dense_rank() over (
      partition by v.concept_code order by v.nb_organismes desc, v.annee desc, v.indicateur_code, v.membres, v.unite
    ) as rang,
    row_number() over (
      partition by v.concept_code, v.annee, v.indicateur_code, v.membres, v.unite order by v.valeur desc, c.organisme_code, c.observation_key
    ) as place
  from marts.vue_comparaison as v
  join site.chiffre as c using (observation_key)
  where v.comparable and v.nb_organismes > 1
)

select * from reunies
where rang <= 8 and place <= 24
order by concept_code, rang, place
