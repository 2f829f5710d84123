{{ fait('mediation') }}
