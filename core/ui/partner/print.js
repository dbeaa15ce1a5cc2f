// A button that prints the page as it stands; that it was printed is told to the desk.

export default function ({ parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button");
  button.onclick = () => {
    setTriggerValue("printed", true);
    // The browser's own window is modal: let the message leave before it opens.
    setTimeout(() => window.print(), 150);
  };
}
