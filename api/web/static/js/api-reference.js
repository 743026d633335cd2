// Starts Swagger UI on the description this service gives of itself.
const place = document.getElementById("reference");
window.SwaggerUIBundle({ url: place.dataset.description, domNode: place, deepLinking: true });
