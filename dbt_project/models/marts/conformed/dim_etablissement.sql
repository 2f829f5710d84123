{{ dimension('etablissement') }}
