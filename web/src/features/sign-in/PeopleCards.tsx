import { UnstyledButton } from '@mantine/core';
import { ArrowRight } from 'lucide-react';
import type { DemoPerson } from '@/api/types';
import classes from './SignIn.module.css';

interface PeopleCardsProps {
  people: DemoPerson[];
  entering: boolean;
  onChoose: (person: DemoPerson) => void;
}

/** The people of the demonstration, by organization. */
export function PeopleCards({ people, entering, onChoose }: PeopleCardsProps) {
  const organizations = [...new Set(people.map((person) => person.organization))];
  return organizations.map((organization) => (
    <section key={organization} className={classes.organization}>
      <h2 className={classes.organizationName}>{organization}</h2>
      <ul className={classes.people}>
        {people
          .filter((person) => person.organization === organization)
          .map((person) => (
            <li key={person.person}>
              <UnstyledButton className={classes.person} disabled={entering} onClick={() => onChoose(person)}>
                <span className={classes.initial} aria-hidden>
                  {person.name.slice(0, 1)}
                </span>
                <span className={classes.words}>
                  <strong className={classes.name}>{person.name}</strong>
                  <span className={classes.is}>{person.is}</span>
                  <span className={classes.sees}>{person.sees}</span>
                </span>
                <ArrowRight size={16} className={classes.arrow} aria-hidden />
              </UnstyledButton>
            </li>
          ))}
      </ul>
    </section>
  ));
}
