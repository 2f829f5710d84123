{{ fait('fraude') }}
