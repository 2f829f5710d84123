{{ dimension('canal') }}
