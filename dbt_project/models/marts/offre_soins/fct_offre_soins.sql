{{ fait('offre_soins') }}
