select
  controle_key, cast(rang as integer) as rang, observation_key, role, poids, paire, constante, valeur, demi_intervalle
from {{ ref('int_terme') }}
order by controle_key, rang
