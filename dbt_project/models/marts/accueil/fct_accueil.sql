{{ fait('accueil') }}
