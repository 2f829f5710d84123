-- The verdict on every relation, with intervals: each printed value stands for all values that print alike.
--   somme, repetition, flux, effectif_annonce, seconde_lecture   total = sum(poids x terme)
--   part, atteinte                                               resultat = 100 x terme / base
--   ratio                                                        resultat = terme / base x poids of resultat
--   evolution                                                    resultat = 100 x (terme - base) / base for a %, else terme - base
--   moyenne_ponderee                                             resultat = sum(base x terme of one paire) / sum(base)
--   borne, plausibilite                                          least minimum <= resultat <= greatest maximum; one paire is summed
-- A number cut off instead of rounded lies at the end nearest to zero of what it stands for: `tronque`.
-- Sums of weighted values have twelve decimals. To round a wide decimal, or to make a double of it, costs more than all else here
-- (a microsecond): what prints exactly is compared as it is, and only what asks for a quotient or does not print exactly is converted.
with limites as (
  select
    controle_key, role, sum(poids * valeur) as centre, sum(abs(poids) * demi_intervalle) as demi
  from {{ ref('int_terme') }}
  where role in ('minimum', 'maximum')
  group by controle_key, role, paire
),

bornes as (
  select
    controle_key,
    min(centre) filter (role = 'minimum') as minimum,
    max(centre) filter (role = 'maximum') as maximum,
    min(centre - demi) filter (role = 'minimum') as minimum_bas,
    max(centre + demi) filter (role = 'maximum') as maximum_haut
  from limites
  group by controle_key
),

paires as (
  select
    controle_key,
    max(valeur) filter (role = 'terme') as t,
    coalesce(max(demi_intervalle) filter (role = 'terme'), 0) as ht,
    max(valeur) filter (role = 'base') as b,
    coalesce(max(demi_intervalle) filter (role = 'base'), 0) as hb
  from {{ ref('int_terme') }}
  where nature = 'moyenne_ponderee' and paire > 0
  group by controle_key, paire
),

totaux as (
  select
    controle_key,
    any_value(rapport_code) as rapport_code,
    any_value(relation) as relation,
    any_value(nature) as nature,
    any_value(formule) as formule,
    any_value(reserve) as reserve,
    list_sort(list_distinct(list(ligne) filter (ligne is not null and rapport_terme = rapport_code))) as lignes,
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
    count(*) filter (role = 'base' and valeur < demi_intervalle) as nb_bases_negatives,
    count(*) filter (role in ('minimum', 'maximum')) as nb_bornes,
    count(*) filter (valeur is null) as nb_manquants,
    count(*) filter (not coalesce(revue, true)) as nb_non_revus,
    count(*) filter (ligne is null) as nb_constantes,
    max(demi_intervalle) filter (role = 'terme') as demi_d_un_terme,
    coalesce(sum(poids * valeur) filter (role = 'terme'), 0) as terme,
    coalesce(sum(abs(poids) * demi_intervalle) filter (role = 'terme'), 0) as demi_terme,
    coalesce(sum(poids * valeur) filter (role = 'terme' and paire = 0), 0) as terme_seul,
    coalesce(sum(abs(poids) * demi_intervalle) filter (role = 'terme' and paire = 0), 0) as demi_terme_seul,
    coalesce(sum(least(poids * coupe_min, poids * coupe_max)) filter (role = 'terme'), 0) as terme_coupe_min,
    coalesce(sum(greatest(poids * coupe_min, poids * coupe_max)) filter (role = 'terme'), 0) as terme_coupe_max,
    coalesce(sum(poids * valeur) filter (role = 'base'), 0) as base,
    coalesce(sum(abs(poids) * demi_intervalle) filter (role = 'base'), 0) as demi_base,
    coalesce(sum(poids * valeur) filter (role = 'base' and paire = 0), 0) as base_seule,
    coalesce(sum(abs(poids) * demi_intervalle) filter (role = 'base' and paire = 0), 0) as demi_base_seule
  from (
    select
      *,
      role in ('total', 'resultat') as est_resultat,
      valeur - case when valeur <= 0 then 2 * demi_intervalle else 0 end as coupe_min,
      valeur + case when valeur >= 0 then 2 * demi_intervalle else 0 end as coupe_max
    from {{ ref('int_terme') }}
  ) as termes
  group by controle_key
),

-- A weighted mean m is possible when sum(base x (terme - m)) may be 0: each pair takes the end of its base that helps.
moyennes as (
  select
    t.controle_key,
    coalesce(sum(p.b * p.t), 0) + any_value(t.terme_seul) as numerateur,
    any_value(t.terme_seul + t.demi_terme_seul) - {{ moins_par_base('t.imprimee - t.demi', 'least') }}
      + coalesce(sum({{ pese('p.t + p.ht', 't.imprimee - t.demi', 'greatest') }}), 0) as plus_haut,
    any_value(t.terme_seul - t.demi_terme_seul) - {{ moins_par_base('t.imprimee + t.demi', 'greatest') }}
      + coalesce(sum({{ pese('p.t - p.ht', 't.imprimee + t.demi', 'least') }}), 0) as plus_bas,
    any_value(t.terme_seul + t.demi_terme_seul) - {{ moins_par_base('t.imprimee_coupe_min', 'least') }}
      + coalesce(sum({{ pese('p.t + p.ht', 't.imprimee_coupe_min', 'greatest') }}), 0) as coupe_haut,
    any_value(t.terme_seul - t.demi_terme_seul) - {{ moins_par_base('t.imprimee_coupe_max', 'greatest') }}
      + coalesce(sum({{ pese('p.t - p.ht', 't.imprimee_coupe_max', 'least') }}), 0) as coupe_bas
  from totaux as t
  left join paires as p on t.controle_key = p.controle_key
  where t.nature = 'moyenne_ponderee'
  group by t.controle_key
),

calculs as (
  select
    t.*,
    b.minimum, b.maximum, b.minimum_bas, b.maximum_haut,
    m.numerateur, m.plus_haut, m.plus_bas, m.coupe_haut, m.coupe_bas,
    case
      when t.nature in ('somme', 'repetition', 'flux', 'effectif_annonce', 'seconde_lecture') then 'somme'
      when t.nature in ('borne', 'plausibilite') then 'borne'
      when t.nature = 'moyenne_ponderee' then 'moyenne'
      when t.nature = 'evolution' and coalesce(t.unite, '') <> '%' then 'difference'
      else 'quotient'
    end as calcul,
    case t.nature when 'ratio' then t.poids_resultat else 100 end as facteur,
    case t.nature when 'evolution' then 100 else 0 end as retrait,
    t.nature = 'repetition' and t.nb_termes = 1 and t.nb_constantes = 0 and t.demi = t.demi_d_un_terme as imprimees_pareilles
  from totaux as t
  left join bornes as b on t.controle_key = b.controle_key
  left join moyennes as m on t.controle_key = m.controle_key
),

egalites as (
  select
    *,
    case calcul
      when 'quotient' then (imprimee + retrait) * base = facteur * terme
      when 'moyenne' then imprimee * base = numerateur
      when 'borne' then (minimum is null or imprimee >= minimum) and (maximum is null or imprimee <= maximum)
      else imprimee = terme - base
    end as egale
  from calculs
),

etendues as (
  select
    *,
    {%- for nom, somme in [('t', 'terme'), ('b', 'base')] %}
    case when {{ a_convertir() }} then cast({{ somme }} - demi_{{ somme }} as double) end as {{ nom }}_min,
    case when {{ a_convertir() }} then cast({{ somme }} + demi_{{ somme }} as double) end as {{ nom }}_max{{ ',' if not loop.last }}
    {%- endfor %}
  from egalites
),

verifiables as (
  select
    *,
    case
      when nb_resultats <> 1 then 'la relation n''a pas exactement un résultat'
      when case calcul when 'borne' then nb_bornes = 0 when 'somme' then nb_termes = 0 else nb_termes = 0 or nb_bases = 0 end
        then 'il manque des termes à la relation'
      when nb_manquants > 0 then 'un terme est sans valeur'
      when calcul = 'borne' and minimum > maximum then 'ses bornes se contredisent'
      when calcul = 'quotient' and abs(base) <= demi_base then 'la base peut être nulle'
      when calcul = 'moyenne' and (base <= demi_base or nb_bases_negatives > 0) then 'la base peut être nulle'
    end as motif_non_verifiable,
    facteur * {{ coins('least', 't', 'b') }} as quotient_1,
    facteur * {{ coins('greatest', 't', 'b') }} as quotient_2
  from etendues
),

recalculs as (
  select
    *,
    case calcul
      when 'somme' then case when terme = imprimee then imprimee else cast(terme as decimal(38, 6)) end
      when 'difference' then cast(terme - base as decimal(38, 6))
      when 'borne' then case when egale then imprimee else cast(least(greatest(imprimee, minimum), maximum) as decimal(38, 6)) end
      when 'moyenne' then cast(round(cast(numerateur as double) / nullif(cast(base as double), 0), 6) as decimal(38, 6))
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
    end as recalcul_max
  from verifiables
),

compares as (
  select
    *,
    case calcul
      when 'borne'
        then (minimum_bas is null or imprimee + demi >= minimum_bas) and (maximum_haut is null or imprimee - demi <= maximum_haut)
      when 'moyenne' then plus_haut >= 0 and plus_bas <= 0
      else round(greatest(recalcul_min - (imprimee + demi), (imprimee - demi) - recalcul_max), 9) <= 0
    end as rencontre,
    case
      when nature = 'repetition'
        then terme_coupe_min <= imprimee_coupe_max and imprimee_coupe_min <= terme_coupe_max
      when calcul = 'moyenne' then coupe_haut >= 0 and coupe_bas <= 0
      when calcul = 'quotient' or nature = 'evolution'
        then round(greatest(recalcul_min - imprimee_coupe_max, imprimee_coupe_min - recalcul_max), 9) <= 0
      else false
    end as rencontre_tronquee
  from recalculs
)

select
  controle_key, rapport_code, relation, nature, formule, reserve, domaine, lignes, unite,
  imprimee as valeur_imprimee,
  case when motif_non_verifiable is null then recalculee end as valeur_recalculee,
  case when motif_non_verifiable is null then imprimee - recalculee end as ecart,
  case
    when motif_non_verifiable is not null then null
    when calcul = 'somme' then case when demi_terme = 0 then demi else cast(demi_terme + demi as decimal(38, 6)) end
    when calcul = 'difference' then cast(demi_terme + demi_base + demi as decimal(38, 6))
    when calcul in ('borne', 'moyenne') then cast(demi as decimal(38, 6))
    when imprimee >= recalculee then cast(recalcul_max - cast(recalculee as double) + cast(demi as double) as decimal(38, 6))
    else cast(cast(recalculee as double) - recalcul_min + cast(demi as double) as decimal(38, 6))
  end as tolerance,
  case
    when motif_non_verifiable is not null then 'non_verifiable'
    when nature = 'seconde_lecture' and reserve <> '' then 'a_verifier'
    when egale then 'exact'
    when rencontre and not imprimees_pareilles then 'arrondi'
    when rencontre_tronquee and not imprimees_pareilles then 'tronque'
    when nature in ('plausibilite', 'seconde_lecture') or nb_non_revus > 0 then 'a_verifier'
    when reserve <> '' then 'a_rapprocher'
    else 'ecart'
  end as verdict,
  coalesce(motif_non_verifiable, '') as motif_non_verifiable
from compares
