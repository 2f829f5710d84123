{{ fait('pilotage') }}
