export default {
  nowhere: {
    text: "The address may be mistyped, or what was here has been moved or removed.",
    home: "Go to your files",
  },
};
