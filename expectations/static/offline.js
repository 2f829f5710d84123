// The index asks for a date picker to filter by day; typing the day works as well.
jQuery.fn.datepicker = function () { return this; };
