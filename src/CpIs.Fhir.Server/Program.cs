using CpIs.Fhir.Server.Hosting;

return await ExchangeHost.RunAsync(args);
