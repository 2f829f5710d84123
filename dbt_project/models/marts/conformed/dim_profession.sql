{{ dimension('profession') }}
