{{ dimension('modalite') }}
