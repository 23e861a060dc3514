// One view of the scalp: a camera on the page with the outline and the last picture over it, made smaller before it is
// sent, and sent with a bar that shows how far it is. Without this script the file box and the button do it all.
(() => {
  "use strict";
  const LONGEST = 2048;
  const QUALITY = 0.85;
  const WAIT = 5;
  const form = document.querySelector("form[data-photo]");
  if (!form) return;
  const part = (name) => form.querySelector(`[data-${name}]`);
  const [frame, video, picture, ghost, said, problem, live, camera, bar] =
    ["frame", "video", "picture", "ghost", "said", "problem", "live", "camera", "progress"].map(part);
  const box = form.elements.photo;
  let small = null; // what is sent: the picture, made smaller
  let stream = null;
  let facing = "environment";
  let counting = 0;

  const show = (element, yes) => { if (element) element.hidden = !yes; };
  const say = (words) => { said.textContent = words; };
  const complain = (words) => { problem.textContent = words; if (words) problem.focus(); };

  const close = () => {
    clearInterval(counting);
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    frame.classList.remove("live");
    [video, ghost, live].forEach((element) => show(element, false));
    show(camera, canOpen());
  };
  const canOpen = () => Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);

  const open = async () => {
    complain("");
    try {
      const wanted = { facingMode: { ideal: facing }, width: { ideal: LONGEST }, height: { ideal: LONGEST } };
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    } catch {
      close();
      complain(form.dataset.refused);
      return;
    }
    video.srcObject = stream;
    await video.play();
    frame.classList.add("live");
    frame.classList.remove("taken");
    [video, ghost, live].forEach((element) => show(element, true));
    [picture, camera].forEach((element) => show(element, false));
    say("");
    frame.scrollIntoView({ block: "center" });
    part("shoot").focus();
  };

  // Draws what is given upon the canvas, no larger than we keep it; resolves to the JPEG.
  const shrink = (source, width, height) => {
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    picture.width = Math.round(width * scale);
    picture.height = Math.round(height * scale);
    picture.getContext("2d").drawImage(source, 0, 0, picture.width, picture.height);
    return new Promise((resolve) => { picture.toBlob(resolve, "image/jpeg", QUALITY); });
  };
  const taken = (blob) => {
    small = blob;
    frame.classList.add("taken");
    show(picture, true);
    said.after(part("save")); // beside the picture: on a phone it would stand below the screen
    complain("");
    say(form.dataset.sharp);
  };

  const shoot = async () => {
    const blob = await shrink(video, video.videoWidth, video.videoHeight);
    close();
    box.value = "";
    taken(blob);
    part("save").querySelector("button").focus({ preventScroll: true });
    frame.scrollIntoView({ block: "start" });
  };
  const countDown = () => {
    let left = WAIT;
    clearInterval(counting);
    const tick = () => {
      say(left ? `${form.dataset.seconds}: ${left}` : "");
      if (!left) { clearInterval(counting); shoot(); }
      left -= 1;
    };
    tick();
    counting = setInterval(tick, 1000);
  };

  // A file that the browser cannot open goes as it is: the server says what is wrong with it.
  const chosen = async () => {
    close();
    small = null;
    frame.classList.remove("taken");
    show(picture, false);
    complain("");
    const file = box.files[0];
    if (!file) return;
    try {
      const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
      const blob = await shrink(bitmap, bitmap.width, bitmap.height);
      if (blob && box.files[0] === file) taken(blob);
    } catch { say(""); }
  };

  const done = (request) => {
    let answer = null;
    try { answer = JSON.parse(request.responseText); } catch { /* a page: the log-in, or an error of its own */ }
    if (answer && answer.to) { location.assign(answer.to); return; }
    show(bar, false);
    form.removeAttribute("aria-busy");
    say("");
    if (answer) complain(answer.problem);
    else if (request.status === 200) location.reload();
    else complain(form.dataset.lost);
  };
  const send = (event) => {
    const file = small || box.files[0];
    if (!file || form.hasAttribute("aria-busy")) { if (file) event.preventDefault(); return; }
    event.preventDefault();
    const content = new FormData(form);
    content.set("photo", file, "photo.jpg");
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (step) => {
      if (!step.lengthComputable) return;
      bar.value = (100 * step.loaded) / step.total;
      say(`${form.dataset.sending}: ${Math.round(bar.value)} %`);
    };
    request.onload = () => done(request);
    request.onerror = () => done(request);
    form.setAttribute("aria-busy", "true");
    complain("");
    show(bar, true);
    request.send(content);
  };

  box.addEventListener("change", chosen);
  form.addEventListener("submit", send);
  window.addEventListener("pagehide", close);
  part("open").addEventListener("click", open);
  part("stop").addEventListener("click", () => { close(); say(""); part("open").focus(); });
  part("shoot").addEventListener("click", shoot);
  part("wait").addEventListener("click", countDown);
  part("turn").addEventListener("click", () => { facing = facing === "user" ? "environment" : "user"; close(); open(); });
  show(camera, canOpen());
})();
