select * exclude (controle_key, date_revue, statut), controle_key, statut, date_revue
from {{ ref('int_constat') }}
