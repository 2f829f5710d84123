{{ fait('contentieux') }}
