using CpIs.Fhir.Cli;

return await Cpis.RunAsync(args, Surroundings.OfProcess());
