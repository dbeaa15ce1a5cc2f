"""Who a person is and what that person may do; knows no database and no screen."""
