/** The product's sign, as in the tab's icon. */
export function Mark({ size = 18 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <rect x="1" y="1" width="6" height="6" rx="1.5" fill="var(--accent)" />
      <rect x="9" y="1" width="6" height="6" rx="1.5" fill="#8c9bff" />
      <rect x="1" y="9" width="6" height="6" rx="1.5" fill="#8c9bff" />
      <path d="M12 9.2l2.8 2.8-2.8 2.8L9.2 12z" fill="#ff5d10" />
    </svg>
  );
}
