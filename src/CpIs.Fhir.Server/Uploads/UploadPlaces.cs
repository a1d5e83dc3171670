using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Uploads;

/// <summary>Places for uploads. The body is read before, so that a slow sender holds no place.</summary>
internal sealed class UploadPlaces(int places) : Places(places, "uploads");
