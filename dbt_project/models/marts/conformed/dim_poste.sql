{{ dimension('poste') }}
