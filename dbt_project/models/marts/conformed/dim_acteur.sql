{{ dimension('acteur') }}
