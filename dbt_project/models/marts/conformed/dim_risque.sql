{{ dimension('risque') }}
