// Shows the seller's phone number in place; without this script the link opens it as a page.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-phone]");
  if (!link) return;
  event.preventDefault();
  const answer = await fetch(link.dataset.phone);
  if (!answer.ok) {
    window.location.href = link.href;
    return;
  }
  const { phone } = await answer.json();
  link.textContent = phone;
  link.href = "tel:" + phone.replaceAll(" ", "");
  delete link.dataset.phone;
});
