//! Terminals and hosts in the loop: at the seam of the models, and over sockets, with peers that mean no good and programs that
//! others wrote.

mod seam;
