{{ fait('autre') }}
