{{ dimension('age') }}
