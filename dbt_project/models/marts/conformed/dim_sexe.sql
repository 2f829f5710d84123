{{ dimension('sexe') }}
