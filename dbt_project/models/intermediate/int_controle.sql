-- The verdict on every relation, with intervals: each printed value stands for all values that print alike.
--   somme, repetition, flux, effectif_annonce   total = sum(poids x terme)
--   part                                        resultat = 100 x terme / base
--   ratio                                       resultat = terme / base x poids of resultat
--   evolution                                   resultat = 100 x (terme - base) / base for a %, else terme - base
-- A number cut off instead of rounded lies at the end nearest to zero of what it stands for: `troncature`.
with termes as (
  select
    *,
    role in ('total', 'resultat') as est_resultat,
    valeur - case when valeur <= 0 then 2 * demi_intervalle else 0 end as coupe_min,
    valeur + case when valeur >= 0 then 2 * demi_intervalle else 0 end as coupe_max
  from {{ ref('int_terme') }}
),

totaux as (
  select
    controle_key,
    any_value(rapport_code) as rapport_code,
    any_value(relation) as relation,
    any_value(nature) as nature,
    any_value(formule) as formule,
    list_sort(list_distinct(list(ligne) filter (ligne is not null))) as lignes,
    coalesce(max(domaine) filter (est_resultat), min(domaine), 'autre') as domaine,
    max(unite) filter (est_resultat) as unite,
    max(poids) filter (est_resultat) as poids_resultat,
    max(valeur) filter (est_resultat) as imprimee,
    max(demi_intervalle) filter (est_resultat) as demi,
    max(coupe_min) filter (est_resultat) as imprimee_coupe_min,
    max(coupe_max) filter (est_resultat) as imprimee_coupe_max,
    count(*) filter (est_resultat) as nb_resultats,
    count(*) filter (role = 'terme') as nb_termes,
    count(*) filter (role = 'base') as nb_bases,
    count(*) filter (valeur is null) as nb_manquants,
    coalesce(sum(poids * valeur) filter (role = 'terme'), 0) as terme,
    coalesce(sum(abs(poids) * demi_intervalle) filter (role = 'terme'), 0) as demi_terme,
    coalesce(sum(least(poids * coupe_min, poids * coupe_max)) filter (role = 'terme'), 0) as terme_coupe_min,
    coalesce(sum(greatest(poids * coupe_min, poids * coupe_max)) filter (role = 'terme'), 0) as terme_coupe_max,
    coalesce(sum(poids * valeur) filter (role = 'base'), 0) as base,
    coalesce(sum(abs(poids) * demi_intervalle) filter (role = 'base'), 0) as demi_base
  from termes
  group by controle_key
),

calculs as (
  select
    *,
    case
      when nature in ('somme', 'repetition', 'flux', 'effectif_annonce') then 'somme'
      when nature = 'evolution' and unite is distinct from '%' then 'difference'
      else 'quotient'
    end as calcul,
    case nature when 'ratio' then poids_resultat else 100 end as facteur,
    case nature when 'evolution' then 100 else 0 end as retrait,
    cast(terme - demi_terme as double) as t_min,
    cast(terme + demi_terme as double) as t_max,
    cast(base - demi_base as double) as b_min,
    cast(base + demi_base as double) as b_max
  from totaux
),

verifiables as (
  select
    *,
    case
      when nb_resultats <> 1 then 'la relation n''a pas exactement un résultat'
      when nb_termes = 0 or (calcul <> 'somme' and nb_bases = 0) then 'il manque des termes à la relation'
      when nb_manquants > 0 then 'un terme est sans valeur'
      when calcul = 'quotient' and abs(base) <= demi_base then 'la base peut être nulle'
    end as motif_non_verifiable,
    facteur * {{ coins('least', 't', 'b') }} as quotient_1,
    facteur * {{ coins('greatest', 't', 'b') }} as quotient_2
  from calculs
),

recalculs as (
  select
    *,
    case calcul
      when 'somme' then cast(terme as decimal(38, 6))
      when 'difference' then cast(terme - base as decimal(38, 6))
      else cast(round(cast(facteur * terme as double) / nullif(cast(base as double), 0) - retrait, 6) as decimal(38, 6))
    end as recalculee,
    case calcul
      when 'somme' then t_min
      when 'difference' then t_min - b_max
      else least(quotient_1, quotient_2) - retrait
    end as recalcul_min,
    case calcul
      when 'somme' then t_max
      when 'difference' then t_max - b_min
      else greatest(quotient_1, quotient_2) - retrait
    end as recalcul_max,
    case calcul
      when 'quotient' then (imprimee + retrait) * base = facteur * terme
      else imprimee = terme - base
    end as egale
  from verifiables
),

compares as (
  select
    *,
    round(greatest(recalcul_min - (imprimee + demi), (imprimee - demi) - recalcul_max), 9) <= 0 as rencontre,
    case
      when nature = 'repetition'
        then terme_coupe_min <= imprimee_coupe_max and imprimee_coupe_min <= terme_coupe_max
      when calcul = 'quotient' or nature = 'evolution'
        then round(greatest(recalcul_min - imprimee_coupe_max, imprimee_coupe_min - recalcul_max), 9) <= 0
      else false
    end as rencontre_tronquee
  from recalculs
)

select
  controle_key, rapport_code, relation, nature, formule, domaine, lignes, unite,
  imprimee as valeur_imprimee,
  case when motif_non_verifiable is null then recalculee end as valeur_recalculee,
  case when motif_non_verifiable is null then imprimee - recalculee end as ecart,
  case
    when motif_non_verifiable is not null then null
    when calcul = 'somme' then cast(demi_terme + demi as decimal(38, 6))
    when calcul = 'difference' then cast(demi_terme + demi_base + demi as decimal(38, 6))
    when imprimee >= recalculee then cast(recalcul_max - cast(recalculee as double) + cast(demi as double) as decimal(38, 6))
    else cast(cast(recalculee as double) - recalcul_min + cast(demi as double) as decimal(38, 6))
  end as tolerance,
  case
    when motif_non_verifiable is not null then 'non_verifiable'
    when egale then 'exact'
    when rencontre or rencontre_tronquee then 'arrondi'
    else 'ecart'
  end as verdict,
  motif_non_verifiable is null and not egale and not rencontre and rencontre_tronquee as troncature,
  coalesce(motif_non_verifiable, '') as motif_non_verifiable
from compares
order by rapport_code, relation
