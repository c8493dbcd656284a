INSERT INTO book (isbn, title, author, price) VALUES
	('9780141439518', 'Pride and Prejudice', 'Jane Austen', 7.99),
	('9780141439471', 'Frankenstein', 'Mary Shelley', 6.99),
	('9780141441146', 'Jane Eyre', 'Charlotte Brontë', 8.99),
	('9780141439556', 'Wuthering Heights', 'Emily Brontë', 7.99),
	('9780142437247', 'Moby-Dick', 'Herman Melville', 12.99),
	('9780141439563', 'Great Expectations', 'Charles Dickens', 8.99),
	('9780141439549', 'Middlemarch', 'George Eliot', 10.99),
	('9780141439761', 'Alice''s Adventures in Wonderland', 'Lewis Carroll', 6.99),
	('9780141439846', 'Dracula', 'Bram Stoker', 8.99),
	('9780141439570', 'The Picture of Dorian Gray', 'Oscar Wilde', 7.99),
	('9780141439976', 'The Time Machine', 'H. G. Wells', 5.99),
	('9780142437179', 'The Adventures of Huckleberry Finn', 'Mark Twain', 9.99);
