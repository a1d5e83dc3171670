using CpIs.Fhir.Cli;
using CpIs.Fhir.Cli.Running;

return await Cpis.RunAsync(args, Surroundings.OfProcess());
