/* Rust's standard library takes its random numbers from this library of Windows, which Debian's Wine does not have. */
#include <windows.h>
#include <ntsecapi.h>

#define AT_ONCE 0x10000000

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count)
{
    for (SIZE_T done = 0; done < count;) {
        SIZE_T left = count - done;
        ULONG now = left < AT_ONCE ? (ULONG)left : AT_ONCE;
        if (!RtlGenRandom(bytes + done, now))
            return FALSE;
        done += now;
    }
    return TRUE;
}
