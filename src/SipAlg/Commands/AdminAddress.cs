using SipAlg.Protocol.Addresses;

namespace SipAlg.Commands;

/// <summary>Where a running gateway is asked, and by which right: as the environment says, else as the configuration does.</summary>
/// <param name="Listen">Reachable from here.</param>
/// <param name="Token">Null: none is asked for.</param>
internal sealed record AdminAddress(IpEndpoint Listen, string? Token)
{
    public const string AddressVariable = "SIPALG_ADMIN_ADDRESS";
    public const string TokenVariable = "SIPALG_ADMIN_TOKEN";

    /// <param name="file">The configuration; null for the embedded default.</param>
    /// <param name="fault">Why nothing is known, and what the program ends with.</param>
    public static AdminAddress? Find(string? file, out (string Text, int ExitCode) fault)
    {
        fault = ("", ExitCode.Success);
        var token = Environment.GetEnvironmentVariable(TokenVariable);
        if (Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } written)
        {
            if (IpEndpoint.TryParse(written, out var address))
            {
                return new AdminAddress(Reachable(address), token);
            }

            fault = ($"{AddressVariable}: '{written}' is no address with a port; write it as 127.0.0.1:8080", ExitCode.Fault);
            return null;
        }

        if (ConfigurationFile.FindAdmin(file) is not { } admin)
        {
            fault = ($"{file ?? "the embedded default"} has errors, so that it does not tell where the gateway is: sipalg check shows them, or set {AddressVariable}", ExitCode.BadConfiguration);
            return null;
        }

        return new AdminAddress(Reachable(admin.Listen), token ?? admin.Token ?? admin.ReadToken);
    }

    /// <summary>A listener on every address is asked on loopback.</summary>
    public static IpEndpoint Reachable(IpEndpoint listen) => !listen.Address.IsUnspecified
        ? listen
        : new IpEndpoint(listen.Address.IsV4 ? IpAddress.LoopbackV4 : IpAddress.Parse("::1"), listen.Port);
}
