/** A person or thing as a choice or a mention needs it. */
export interface Named {
  id: string;
  name: string;
}
