using System.Text;
using SipAlg.Calls.Registrations;

namespace SipAlg.Testing.Calls;

/// <summary>Bindings as a journal has them, taken over as after a restart.</summary>
public static class RestoredBindings
{
    public static bool Restore(this Registrar registrar, BindingRecord binding) => registrar.Restore(new KeptBinding
    {
        Id = binding.Id,
        Aor = Encoding.UTF8.GetBytes(binding.Aor),
        Contact = Encoding.UTF8.GetBytes(binding.Contact),
        CallId = Encoding.UTF8.GetBytes(binding.CallId),
        CSeq = binding.CSeq,
        Expires = binding.Expires,
        Flow = binding.Flow,
        Traits = binding.Traits,
        Q = binding.Q,
        Instance = Encoding.UTF8.GetBytes(binding.Instance),
        RegId = binding.RegId,
        Path = Encoding.UTF8.GetBytes(binding.Path),
        Agent = Encoding.UTF8.GetBytes(binding.Agent),
        Token = binding.Token,
        Registrar = Encoding.UTF8.GetBytes(binding.Registrar),
        UpstreamExpires = binding.UpstreamExpires,
        Since = binding.Since,
    });
}
