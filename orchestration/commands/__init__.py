"""What a person or a scheduler calls: the command line, the doctor, the bench of a template author, bringing
a report.
"""
