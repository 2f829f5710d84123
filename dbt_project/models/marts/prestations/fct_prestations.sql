{{ fait('prestations') }}
