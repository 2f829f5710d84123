{{ dimension('motif') }}
