export type FormCheck = Promise<{ valid: boolean; errors: { id: string | number }[] }>;

/** Whether a form may be sent; where not, the cursor is in the first field that is not right. */
export async function isFilledIn(check: FormCheck): Promise<boolean> {
  const { valid, errors } = await check;
  if (!valid) document.getElementsByName(String(errors[0]?.id))[0]?.focus();
  return valid;
}
