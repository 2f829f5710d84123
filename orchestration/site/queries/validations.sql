select suite, domaine, attente, table_controlee, succes, avertissement, attendu, observe, message
from audit.validation
order by all
