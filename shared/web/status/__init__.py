"""What is public of the services: the page, its feeds and formats, and the mails that subscribers get."""
