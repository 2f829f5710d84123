{{ fait('acces_droits') }}
