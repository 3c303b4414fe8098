"""What an edition must withstand before anybody sees it: each check tells its faults, and one fault keeps it closed."""
