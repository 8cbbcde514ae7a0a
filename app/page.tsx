import { redirect } from "next/navigation";
import { requirePerson } from "./current-person";

export default async function Home() {
  await requirePerson("/inbox");
  redirect("/inbox");
}
